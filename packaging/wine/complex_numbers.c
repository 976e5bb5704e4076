/* The parts of complex numbers, which numpy asks Windows for and Wine 8 lacks. As Windows has them, a number is a structure
   of two floats or doubles, and a long double is a double. */
typedef struct { float part[2]; } single_number;
typedef struct { double part[2]; } double_number;

float real_of_single(single_number number) { return number.part[0]; }
float imaginary_of_single(single_number number) { return number.part[1]; }
double real_of_double(double_number number) { return number.part[0]; }
double imaginary_of_double(double_number number) { return number.part[1]; }
